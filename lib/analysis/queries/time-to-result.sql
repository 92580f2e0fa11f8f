-- From the submission if it is known, or else from the start of the collection.
SELECT
  operation,
  count(*) AS tasks,
  min(CASE WHEN share >= 0.5 THEN seconds END) AS p50,
  min(CASE WHEN share >= 0.9 THEN seconds END) AS p90,
  min(CASE WHEN share >= 0.99 THEN seconds END) AS p99
FROM (
  SELECT operation, seconds, cume_dist() OVER (PARTITION BY operation ORDER BY seconds) AS share
  FROM (
    SELECT
      operation,
      coalesce(durations.sinceSubmittedSeconds, durations.collectingSeconds) AS seconds
    FROM ended
    WHERE outcome = 'Completed'
  ) completed
) ranked
GROUP BY operation
ORDER BY operation
