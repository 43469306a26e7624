"""What other rooms may ask of accounts."""

from parvis.accounts.actions import Refused, account_of, create_demonstration_account
from parvis.accounts.queries import address_is_verified, operator, signed_in, verified_addresses
from parvis.accounts.tokens import bearer

__all__ = [
    "Refused",
    "account_of",
    "address_is_verified",
    "bearer",
    "create_demonstration_account",
    "operator",
    "signed_in",
    "verified_addresses",
]
