-- /listings/{id}/photos is a page of its own now: a listing of that name moves aside, as new ones do (listing_make_slug).
UPDATE listing SET slug = 'photos-listing' WHERE slug = 'photos';
