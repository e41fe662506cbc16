<?php
$n = (int) fgets(STDIN);
echo array_sum(array_slice(array_map('intval', explode(' ', fgets(STDIN))), 0, $n)), "\n";
echo fgets(STDIN);
