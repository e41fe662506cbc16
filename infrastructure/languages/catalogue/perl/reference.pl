use strict;
use warnings;

my $n = <STDIN>;
my @values = split ' ', <STDIN>;
my $sum = 0;
$sum += $_ for @values[0 .. $n - 1];
print "$sum\n", scalar <STDIN>;
