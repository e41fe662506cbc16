import java.util.Scanner;

public class Number {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        int n = in.nextInt();
        System.exit(n >= 2 && n <= 1000 && !in.hasNext() ? 42 : 43);
    }
}
