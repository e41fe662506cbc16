-- Standard input is a file like any other: each line becomes a row.
CREATE TABLE input (line TEXT);
.separator "\037" "\n"
.import /dev/stdin input
WITH RECURSIVE words(word, rest) AS (
    SELECT NULL, line || ' ' FROM input WHERE rowid = 2
    UNION ALL
    SELECT substr(rest, 1, instr(rest, ' ') - 1), substr(rest, instr(rest, ' ') + 1) FROM words WHERE rest <> ''
)
SELECT sum(CAST(word AS INTEGER)) FROM words;
SELECT line FROM input WHERE rowid = 3;
