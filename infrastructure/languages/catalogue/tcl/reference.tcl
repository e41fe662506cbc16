gets stdin n
set sum 0
foreach value [lrange [split [gets stdin]] 0 $n-1] {
    incr sum $value
}
puts $sum
puts [gets stdin]
