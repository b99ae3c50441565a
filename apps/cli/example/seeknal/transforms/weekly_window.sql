/* ---
# A node may also be a .sql file: its settings stand in this comment, and the rest is its SQL.
description: The seven days up to each day, as one moving week.
tags: [weather]
schedule: "@daily"
start: "2012-01-01"
end: "2016-01-01" # as transform.daily
mode: incremental_by_time
time_column: date
batch_size: 366
inputs:
  # A day of this node reads that day and the six before it: it waits for them, and follows their changes.
  - { ref: transform.daily, reads: { back: 6 } }
--- */
SELECT
  date,
  round(avg(temp_mean) OVER week, 1) AS temp_mean_7d,
  round(sum(precipitation) OVER week, 1) AS precipitation_7d,
  count(*) FILTER (weather = 'sun') OVER week AS sunny_days_7d
FROM ref('transform.daily')
WINDOW week AS (ORDER BY date RANGE BETWEEN INTERVAL 6 DAYS PRECEDING AND CURRENT ROW)
QUALIFY date >= '{{ start }}' AND date < '{{ end }}'
