"""The catalogue of languages, and the toolchains of this machine."""
