public class Crash {
    public static void main(String[] args) {
        int[] numbers = new int[2];
        System.out.println(numbers[args.length + 2]);
    }
}
