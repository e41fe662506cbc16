const lines = require("fs").readFileSync(0, "utf8").split("\n");
const n = Number(lines[0]);
console.log(lines[1].split(" ").slice(0, n).reduce((sum, value) => sum + Number(value), 0));
console.log(lines[2]);
