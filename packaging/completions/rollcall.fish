# Completion of rollcall(1) for fish.
complete -c rollcall -f
complete -c rollcall -s h -l help -d 'Print help and exit'
complete -c rollcall -n __fish_use_subcommand -l version -d 'Print the version and exit'
complete -c rollcall -n __fish_use_subcommand -a serve -d 'Run the server'
complete -c rollcall -n __fish_use_subcommand -a check-config -d 'Name every mistake in the configuration, or show what is in force'
complete -c rollcall -n __fish_use_subcommand -a token -d 'Make a token that the server accepts'
complete -c rollcall -n __fish_use_subcommand -a key -d 'Make a key for a backend service to use the HTTP API'
complete -c rollcall -n __fish_use_subcommand -a webhook -d 'Send a test event to the receivers of webhooks'

complete -c rollcall -n '__fish_seen_subcommand_from serve check-config token webhook' -l env-file -r -F -d 'A file of environment variables'
complete -c rollcall -n '__fish_seen_subcommand_from webhook' -a test -d 'Send a test event'
complete -c rollcall -n '__fish_seen_subcommand_from webhook' -l url -x -d 'Send it there, instead of to webhooks.urls'
complete -c rollcall -n '__fish_seen_subcommand_from serve' -l fresh -d 'With --dev: a new secret and API key'
complete -c rollcall -n '__fish_seen_subcommand_from serve check-config token webhook' -l config -r -F -d 'The TOML file to read'
complete -c rollcall -n '__fish_seen_subcommand_from serve' -l dev -d 'Development mode: works without a key'
complete -c rollcall -n '__fish_seen_subcommand_from serve' -l listen -x -a '127.0.0.1:3000 0.0.0.0:3000' -d 'Where to listen'
complete -c rollcall -n '__fish_seen_subcommand_from token' -l sub -x -d "The user's id"
complete -c rollcall -n '__fish_seen_subcommand_from token' -l email -x -d "The user's e-mail address"
complete -c rollcall -n '__fish_seen_subcommand_from token' -l role -x -d "The user's role"
complete -c rollcall -n '__fish_seen_subcommand_from token' -l name -x -d "The user's name"
complete -c rollcall -n '__fish_seen_subcommand_from token' -l ttl -x -a '30m 1h 24h 7d' -d 'How long it is good for'
complete -c rollcall -n '__fish_seen_subcommand_from key' -l name -x -d 'What the key is called in the log'
complete -c rollcall -n '__fish_seen_subcommand_from key' -l scopes -x -a 'read emit admin read,emit' -d 'What it may do'
