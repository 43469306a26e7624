"""Text of programmes, from what lists give. Called in the sandbox only; imports no Django.

`read(path, kind)` → `{"text", "pages": [[start, end], …], "reader"}`. Raises ValueError with a sentence for a person."""
