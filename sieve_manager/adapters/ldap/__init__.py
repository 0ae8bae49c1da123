"""The directory over LDAP (RFC 4511); needs the optional package ldap3."""
