parts.stolen = true;
