parts.library = true;
