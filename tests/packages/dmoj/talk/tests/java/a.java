import java.util.*;public class a{public static void main(String[] x){System.out.println(1);Scanner s=new Scanner(System.in);int d=s.nextInt();System.out.println(1+d);}}
