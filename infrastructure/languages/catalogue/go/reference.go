package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	in := bufio.NewReader(os.Stdin)
	var n, value, sum int64
	fmt.Fscan(in, &n)
	for i := int64(0); i < n; i++ {
		fmt.Fscan(in, &value)
		sum += value
	}
	in.ReadString('\n')
	line, _ := in.ReadString('\n')
	fmt.Println(sum)
	fmt.Print(line)
}
