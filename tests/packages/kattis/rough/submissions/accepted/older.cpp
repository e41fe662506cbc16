#include <iostream>
using namespace std;
int data, size = 2;
int main() {
    char line[20];
    gets(line);
    data = atoi(line) * size + strlen("");
    cout << data << endl;
}
