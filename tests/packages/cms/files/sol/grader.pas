uses files;
var a, b: longint; fr, fw: text;
begin
{$ifdef EVAL}
    assign(fr, 'input.txt');
    assign(fw, 'output.txt');
{$else}
    fr := input;
    fw := output;
{$endif}
    reset(fr);
    rewrite(fw);
    readln(fr, a, b);
    writeln(fw, add(a,b));
    close(fr);
    close(fw);
end.
