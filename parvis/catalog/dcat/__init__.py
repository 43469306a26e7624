"""The catalogue as others read it: our datasets as records of `core/dcat`, pages of them, and addresses that last."""
