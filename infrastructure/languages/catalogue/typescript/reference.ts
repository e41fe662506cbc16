import { readFileSync } from "fs";

const lines: string[] = readFileSync(0, "utf8").split("\n");
const n: number = Number(lines[0]);
const values: number[] = lines[1].split(" ").slice(0, n).map(Number);
console.log(values.reduce((sum: number, value: number): number => sum + value, 0));
console.log(lines[2]);
