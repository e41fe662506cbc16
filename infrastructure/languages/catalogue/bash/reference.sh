read -r n
read -ra values
sum=0
for value in "${values[@]:0:n}"; do
    ((sum += value))
done
echo "$sum"
read -r line
echo "$line"
