-- Aspose may bill each upload. Tasks that their caller submitted have no uploads.
SELECT
  substr(completedAt, 1, 10) AS day,
  operation,
  count(*) AS images,
  sum(uploads) AS uploads,
  sum(uploads - 1) AS repeated
FROM ended
WHERE uploads > 1
GROUP BY substr(completedAt, 1, 10), operation
ORDER BY day, operation
