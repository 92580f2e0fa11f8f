-- Refused images were never polled.
SELECT
  operation,
  outcome,
  count(*) AS tasks,
  sum(attempts) AS polls,
  round(avg(attempts), 2) AS mean,
  max(attempts) AS maximum
FROM ended
WHERE attempts IS NOT NULL
GROUP BY operation, outcome
ORDER BY operation, outcome
