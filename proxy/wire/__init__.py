"""Readers and writers of what travels: XML-RPC calls and trackback forms. Pure and bounded."""
