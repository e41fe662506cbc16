use std::io::{self, BufRead};

fn main() {
    let mut lines = io::stdin().lock().lines().map(|line| line.unwrap());
    let n: usize = lines.next().unwrap().trim().parse().unwrap();
    let sum: i64 = lines
        .next()
        .unwrap()
        .split_whitespace()
        .take(n)
        .map(|value| value.parse::<i64>().unwrap())
        .sum();
    println!("{sum}");
    println!("{}", lines.next().unwrap());
}
