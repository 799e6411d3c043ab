"""Who is paired, waiting or silent, and whether chances are fair."""
