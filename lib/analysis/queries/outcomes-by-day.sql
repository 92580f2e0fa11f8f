SELECT substr(completedAt, 1, 10) AS day, outcome, count(*) AS tasks
FROM ended
GROUP BY substr(completedAt, 1, 10), outcome
ORDER BY day, outcome
