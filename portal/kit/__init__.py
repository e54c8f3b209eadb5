"""Tools without a word of the domain: time, ids, database, encryption, language, mail."""
