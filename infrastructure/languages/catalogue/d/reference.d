import std.algorithm : map, sum;
import std.array : split;
import std.conv : to;
import std.range : take;
import std.stdio : readln, write, writeln;
import std.string : strip;

void main() {
    auto n = readln().strip.to!size_t;
    writeln(readln().split.take(n).map!(to!long).sum);
    write(readln());
}
