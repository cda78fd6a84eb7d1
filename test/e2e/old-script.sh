set -eu
key=local/shop/devel/pair nightly=local/shop/devel/nightly file=pair.aurora.ts
# the administrator
aurora_admin get_scheduler local | grep -q '^Found leading scheduler at: http'
eval "$(aurora_admin get_cluster_config --sh local)" && test "$AURORA_CLUSTER_NAME" = local
aurora_admin set_quota local shop 4.0 2048MB 4GB 2>&1 | grep -q 'Response from scheduler: OK'
aurora_admin increase_quota local shop 1.0 0MB 0GB
test "$(aurora quota get local/shop | grep CPU: | head -1 | cut -d: -f2)" = ' 5.0 core(s)'
# a job, from the file to its end
test "$(aurora config list $file)" = "jobs=[$key, $nightly]"
aurora job inspect $key $file | grep -q "role: *'shop'"
aurora job create --wait-until=RUNNING $key $file 2> /dev/null | grep -o 'url=.*' | cut -d= -f2 | grep -q /scheduler/shop
aurora job list 'local/shop/*/pair' 2> /dev/null | cut -d/ -f4 | grep -qx pair
test "$(aurora job status $key | grep -c 'status: RUNNING')" = 2
aurora job status --write-json $key | grep -q '"status": "RUNNING"'
aurora job diff $key $file --bind version=2 | grep -q 'update instances: \[0-1\]'
aurora job add --wait-until RUNNING $key/0 1
aurora job kill --no-batch $key/2 2>&1 | grep -q 'Job kill succeeded'
aurora job restart --watch-secs=0 --healthcheck-interval-seconds 1 $key/0 2>&1 | grep -q "Job $key restarted successfully"
aurora sla get-task-up-count $key --durations 1m | cut -f1 | grep -qx '1 mins'
aurora sla get-job-uptime $key --percentiles 50 | grep -q '50.0 percentile'
# an update that goes through, and one that does not
aurora update start -m 'version 2' $key $file --bind version=2 | grep -q 'View your update progress'
id=$(aurora update list $key --status active | tail -1 | tr -s ' ' | cut -d' ' -f2)
aurora update wait $key "$id" | tail -1 | grep -qx 'Current state ROLLED_FORWARD'
aurora update info $key "$id" | grep -q '^Current status: ROLLED_FORWARD'
aurora update start $key $file --bind version=3 --bind watch=600 > /dev/null
aurora update pause $key | grep -qx 'Update has been paused.'
aurora update resume $key | grep -qx 'Update has been resumed.'
aurora update abort -m enough $key | grep -qx 'Update has been aborted.'
# cron
aurora cron schedule $nightly $file | grep -q 'Cron job scheduled'
aurora cron show $nightly | cut -f2 | grep -q '0 3 \* \* \*'
aurora cron start $nightly
aurora cron deschedule $nightly | grep -qx 'Cron descheduling succeeded.'
# looking after it
test "$(aurora_admin query -l '%name% %status%' --states=RUNNING local shop pair | sort -u)" = 'pair RUNNING'
aurora_admin reconcile_tasks --type=implicit local
aurora_admin scheduler_backup_now local && aurora_admin scheduler_list_backups local | grep -q 'available backups:'
aurora job killall $key --batch=5 2> /dev/null | tail -1 | grep -qx 'Job killall succeeded'
aurora_admin prune_tasks --role=shop local | grep -qx 'Tasks pruned.'
echo all done
