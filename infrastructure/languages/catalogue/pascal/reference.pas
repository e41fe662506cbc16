program Reference;
var
  n, i: Integer;
  value, sum: Int64;
  line: AnsiString;
begin
  ReadLn(n);
  sum := 0;
  for i := 1 to n do
  begin
    Read(value);
    sum := sum + value;
  end;
  ReadLn;
  ReadLn(line);
  WriteLn(sum);
  WriteLn(line);
end.
