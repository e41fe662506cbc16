public class Flood {
    public static void main(String[] args) {
        while (true) System.out.println("all work and no play");
    }
}
