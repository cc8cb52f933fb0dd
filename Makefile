# The front door. `make help` lists what there is.
.DEFAULT_GOAL := help
BUILD := build
JOBS ?= $(shell nproc)
FUZZ_SECONDS ?= 60
PREFIX ?= /usr/local
ROUNDS ?= 5
USERS ?= 1000000

.PHONY: help deps build run install deb test-deb test test-unit test-e2e test-e2e-variants clients clients-deps packages test-clients test-docs test-recipes test-proxies test-install build-tsan test-tsan warnings build-fuzzers fuzz fuzz-ports lint format format-check layers tidy pictures clean \
  bench-smoke bench-deps bench-test bench-compare bench-wss bench-attack bench-memory bench-plot \
  bench-micro bench-guard bench-guard-record bench-million

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  %-16s %s\n", $$1, $$2}'

deps: ## Install the Debian packages and npm modules that are missing
	@scripts/install-deps

build: deps ## Build the release programs into build/release/bin
	@cmake --preset release >$(BUILD)-release.log 2>&1 || { cat $(BUILD)-release.log; exit 1; }; rm -f $(BUILD)-release.log
	cmake --build --preset release -j $(JOBS)

run: build ## Build, start in development mode, print the test page's URL and a token
	$(BUILD)/release/bin/rollcall serve --dev $(ARGS)

test: build test-unit test-e2e test-clients test-docs test-proxies test-install ## Install, build and run every test

test-unit: deps ## Unit and property tests under ASan and UBSan
	cmake --preset asan >/dev/null
	cmake --build --preset asan -j $(JOBS)
	ctest --test-dir $(BUILD)/asan --output-on-failure -j $(JOBS)

test-e2e: build ## The real socket.io-client and Chromium against the release program
	npm run --silent test:e2e

clients-deps:
	@scripts/install-deps --clients

clients: clients-deps ## Build the npm packages into clients/*/dist
	@node clients/build.js

packages: clients ## The npm packages as files to install, in build/npm
	@node clients/pack.js $(BUILD)/npm

test-clients: build clients ## The npm packages: against the real server, and their examples in Chromium
	npm run --silent test:clients

test-docs: build clients ## What the documents say, and the code in them
	npm run --silent test:docs

test-recipes: build packages ## The guide's recipes in new projects of Vite, Next.js, Nuxt and Angular, from nothing (RECIPES=react,vue)
	npm run --silent test:recipes

test-proxies: build ## The shipped configurations of nginx and HAProxy, run by Debian's
	@scripts/install-deps --proxies
	npm run --silent test:proxies

test-e2e-variants: build ## The same with one worker and plain sends, and with three workers; without what has no worker in it, or sets their number itself
	ROLLCALL_SERVER_WORKERS=1 ROLLCALL_SERVER_IO_URING=off npm run --silent test:workers
	ROLLCALL_SERVER_WORKERS=3 npm run --silent test:workers

build-tsan: deps
	cmake --preset tsan >/dev/null
	cmake --build --preset tsan -j $(JOBS) --target net_tests jwt_tests adapters_tests server_tests gateway_tests telemetry_tests embed_tests

test-tsan: build-tsan ## The tests of what has threads, under TSan
	ctest --test-dir $(BUILD)/tsan --output-on-failure -R '^(net|jwt|adapters|server|gateway|telemetry|embed)$$'

install: build ## Install the program, the C++ libraries and the manual (PREFIX=/usr/local, DESTDIR=)
	@DESTDIR="$(DESTDIR)" cmake --install $(BUILD)/release --prefix "$(PREFIX)"

test-install: build ## A C++ project that uses the installed package, and the embedding example
	npm run --silent test:consumer

deb: ## Build the Debian packages into build/deb
	@scripts/install-deps --deb
	@scripts/build-deb

test-deb: deb ## Check the packages, install them on a copy of this machine that is thrown away, run the service there
	npm run --silent test:package
	tests/package/support/machine npm run --silent test:installed

# g++ compiles all but the tests for the release, clang all but the benchmarks for the tests.
warnings: deps ## Warnings of what this compiler or that does not compile elsewhere: clang reads the benchmarks, g++ the tests
	cmake --preset read-by-clang >/dev/null
	cmake --build --preset read-by-clang -j $(JOBS) --target rollcall_headers rollcall_test_headers
	@scripts/read-for-warnings $(BUILD)/read-by-clang '/bench/'
	cmake --preset read-by-gcc >/dev/null
	cmake --build --preset read-by-gcc -j $(JOBS) --target rollcall_headers rollcall_test_headers
	@scripts/read-for-warnings $(BUILD)/read-by-gcc '_tests\.dir/'

build-fuzzers: deps
	cmake --preset fuzz >/dev/null
	cmake --build --preset fuzz -j $(JOBS) --target fuzzers

fuzz: build-fuzzers ## Each fuzz target for FUZZ_SECONDS
	@scripts/run-fuzzers $(BUILD)/fuzz/bin $(FUZZ_SECONDS)

fuzz-ports: deps ## The open port of the program, under ASan and UBSan, for FUZZ_SECONDS (FUZZ_SEED repeats)
	cmake --preset asan >/dev/null
	cmake --build --preset asan -j $(JOBS) --target rollcall
	@scripts/fuzz-ports $(BUILD)/asan/bin/rollcall $(FUZZ_SECONDS) $(FUZZ_SEED)

bench-smoke: build ## The load generator and the bare loops, briefly: do they work?
	bench/smoke $(BUILD)/release/bin

bench-deps: deps ## Install the servers that the benchmarks compare with
	@cd bench/peers && if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then \
	  npm ci --no-audit --no-fund --loglevel=error; fi

bench-test: bench-deps ## Does each of them truly serve presence? Does the harness count right?
	cd bench/peers && npm test --silent
	cd bench/harness && npm test --silent

bench-compare: build bench-deps ## Measure rollcall, bare loops and peers interleaved (ROUNDS=5 ONLY=fanout,rollcall,uws)
	bench/compare-servers --rounds $(ROUNDS) $(if $(ONLY),--only $(ONLY)) $(ARGS)

bench-wss: build bench-deps ## What TLS costs: wss beside ws, proxies and peers (ARGS="CONNECTIONS ROUNDS [ONLY]")
	@scripts/install-deps --proxies
	node bench/wss/measure.js $(ARGS)

bench-attack: build ## How long others wait while a stranger attacks (ARGS="SECONDS ROUNDS WORD": "5 3 forged")
	node bench/attack/measure.js $(ARGS)

bench-memory: build ## Does memory come back after a peak? (ARGS="WORKERS SCENARIO...": "1,3 failover")
	node bench/memory/measure.js $(ARGS)

bench-plot: ## Draw what was measured
	bench/draw-plots $(ARGS)

bench-micro: build ## What each part costs, with allocations counted (ARGS=--benchmark_filter=Core)
	$(BUILD)/release/bin/rollcall-micro $(ARGS)

bench-guard: build ## Are the hot paths as fast as recorded? By instructions, counted by callgrind
	@bench/guard/run.js $(BUILD)/release/bin/rollcall-guard $(ARGS)

bench-guard-record: build ## Record what the hot paths take now
	@bench/guard/run.js $(BUILD)/release/bin/rollcall-guard --record

bench-million: build ## A million people in one process, in steps (USERS=20000: a short run)
	$(BUILD)/release/bin/rollcall-million --users $(USERS) $(ARGS)

pictures: build ## Make the pictures of README.md from the real dashboard
	node scripts/pictures.js

lint: layers format-check ## What CI checks besides tests

layers: ## Who may include whom
	@scripts/check-layers.js

# In CI's clone there is no branch to compare with, so it reads the last commits, the newest first, for TIDY_SECONDS.
tidy: deps ## clang-tidy on what differs from origin/main (ALL=1: everything, FILES="src/x.cpp", SINCE=HEAD~5, TIDY_SECONDS=60: a limit)
	@cmake --preset release >/dev/null
	@scripts/tidy $(if $(ALL),--all) $(if $(SINCE),--since $(SINCE)) $(if $(TIDY_SECONDS),--seconds $(TIDY_SECONDS)) $(FILES)

format: ## Format the C++ sources
	@git ls-files '*.cpp' '*.hpp' | xargs clang-format -i

format-check:
	@git ls-files '*.cpp' '*.hpp' | xargs clang-format --dry-run -Werror

clean: ## Remove what was built
	rm -rf $(BUILD)
