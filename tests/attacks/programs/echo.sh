# No attack: shows what the engine does with a secret that comes out.
cat
