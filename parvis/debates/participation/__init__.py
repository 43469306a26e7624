"""Who takes part: a browser, an e-mail, an account; how they are known, and how little is kept of them."""
