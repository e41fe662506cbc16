import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Scanner;

public class Check {
    public static void main(String[] args) throws IOException {
        int n = new Scanner(new File(args[0])).nextInt();
        Scanner out = new Scanner(System.in);
        String wrong = Parsing.sum(out) == n && !out.hasNext() ? null : "no two positive integers of that sum";
        if (wrong != null) {
            try (PrintWriter message = new PrintWriter(new File(args[2], "judgemessage.txt"))) {
                message.println(wrong);
            }
        }
        System.exit(wrong == null ? 42 : 43);
    }
}
