"""What people do in the debates: `noun.verb(..., by=)`, each in one transaction."""
