public class Broken {
    public static void main(String[] args) {
        String number = 42;
    }
}
