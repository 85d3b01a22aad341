// Halos
