SELECT l.id, l.title, l.slug, l.summary, l.price_minor, l.currency, l.stock, l.published_at,
       c.slug AS category, c.name_en AS category_name, c.colour, COALESCE(t.slug, c.slug) AS top, p.slug AS place, p.name_en AS place_name
FROM listing_facet f
JOIN listing l ON l.id = f.listing_id
JOIN category c ON c.id = l.category_id
LEFT JOIN category t ON t.id = c.parent_id
JOIN place p ON p.id = l.place_id
WHERE f.category_node = 0 AND f.place_node = 0
ORDER BY f.published_at DESC, f.listing_id DESC LIMIT 21
