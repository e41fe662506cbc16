import java.util.Scanner;

class Parsing {
    static int sum(Scanner out) {
        int total = 0;
        for (int i = 0; i < 2; i++) {
            if (!out.hasNextInt()) return -1;
            int number = out.nextInt();
            if (number < 1) return -1;
            total += number;
        }
        return total;
    }
}
