#include <cstdio>
#include <sstream>
int main() {
    char line[100];
    gets(line);
    std::istringstream in(line);
    long long a, b;
    in >> a >> b;
    printf("%1I64d\n", a + b);
}
