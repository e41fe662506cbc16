fun main() {
    val n = readLine()!!.trim().toInt()
    println(readLine()!!.trim().split(" ").take(n).map { it.toLong() }.sum())
    println(readLine())
}
