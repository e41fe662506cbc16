#include <stdio.h>
int main(){int d;puts("1");scanf("%d",&d);printf("%d\n",1+d);return 0;}
