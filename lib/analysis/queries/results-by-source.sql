-- A folder is up to three levels deep. Tasks that their caller submitted have no known source.
SELECT
  operation,
  source.bucket AS bucket,
  regexp_extract(source.key, '^([^/]*/){0,3}') AS folder,
  count(*) AS images,
  count(*) FILTER (WHERE outcome = 'Completed') AS completed,
  coalesce(sum(resultCount), 0) AS documents,
  coalesce(sum(resultBytes), 0) AS bytes
FROM ended
GROUP BY operation, source.bucket, regexp_extract(source.key, '^([^/]*/){0,3}')
ORDER BY operation, bucket, folder
