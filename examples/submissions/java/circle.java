import java.util.Locale;
import java.util.Scanner;

public class Circle {
    public static void main(String[] args) {
        double radius = new Scanner(System.in).useLocale(Locale.ROOT).nextDouble();
        System.out.println(Math.PI * radius * radius);
    }
}
