"""Who asks: nobody known, an app with an API key, or a person with an issuer's token."""
