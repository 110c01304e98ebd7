# The short way to everything; the build itself is in meson.build.
# Each target first installs what it lacks (tools/packages.txt says what and why).
TIME   ?= 60
ROUNDS ?= 200
BENCH_ROUNDS ?= 3

build:
	@tools/setup build
	@tools/build build

run: build
	@tools/run

# Programs, libchinwag, manual pages, completions, the unit of systemd and a config file.
# As root, or with DESTDIR=... for packages; PREFIX=/usr puts the config into /etc.
PREFIX ?= /usr/local
install:
	@tools/setup build
	@tools/build build-install --prefix=$(PREFIX) --buildtype=release -Dtests=disabled
	@meson install -C build-install --no-rebuild --quiet $(if $(DESTDIR),--destdir $(abspath $(DESTDIR)))

# The Debian packages, into build-deb; deb-test installs, upgrades and removes them in a system of
# their own, as root, with packages from the internet.
deb:
	@tools/setup build deb
	@tools/deb build-deb

deb-test: deb
	@tools/setup debtest
	@tools/deb_test build-deb

# A cross-build for a Raspberry Pi, in build-arm64, and its unit tests by QEMU.
arm64:
	@tools/setup build arm64
	@tools/arm64 build-arm64

# The image of a container, without a base image: its files in build-container.
container: deb
	@rm -rf build-container
	@mkdir build-container
	@tools/container_tree build-deb build-container/tree
	@cp packaging/Containerfile build-container
	@echo "now: podman build -t chinwag build-container   (or docker build)"
# One release: version, CHANGELOG, commit, tag, and its files in build-release. All tests run first.
release:
	@tools/setup build test demo deb
	@tools/release "$(VERSION)"

# How long an upgrade of a server under load takes, as its clients see it.
bench-upgrade:
	@tools/setup build test
	@tools/build build
	@/usr/bin/python3 bench/upgrade.py

test:
	@tools/setup build test demo
	@tools/test

demo:
	@tools/setup build demo
	@tools/build build
	@tools/demo build/chinwagd build/chinwag

kill:
	@tools/setup build test
	@tools/build build -Dtests=enabled
	@build/test/store/test_migrations test/store/fixtures 1
	@ROUNDS=$(ROUNDS) /usr/bin/python3 test/e2e/kill_test.py build/chinwagd

# Three nodes on a PostgreSQL and a NATS of their own, to try; at free ports, or at PORT and the next two.
cluster:
	@tools/setup build test
	@tools/build build
	@tools/with_postgres tools/with_nats tools/cluster build/chinwagd $(PORT)

RUNS ?= 200
cluster-chaos:
	@tools/setup build test
	@tools/build build -Dtests=enabled
	@RUNS=$(RUNS) WALL_CLOCK_MODULE=$(CURDIR)/build/test/e2e/libwall_clock.so \
	    tools/with_postgres /usr/bin/python3 test/e2e/chaos_test.py build/chinwagd

large-backup:
	@tools/setup build test
	@tools/build build -Dtests=enabled
	@/usr/bin/python3 test/e2e/large_backup.py build/chinwagd

fuzz:
	@tools/setup build test
	@tools/fuzz $(TIME)

# The servers that chinwagd is measured beside are installed by tools/setup.
bench:
	@tools/setup build bench
	@tools/build build
	@build/chinwag-bench --rounds $(BENCH_ROUNDS)

bench-quick:
	@tools/setup build bench
	@tools/build build
	@build/chinwag-bench --quick

# Several servers on one PostgreSQL, beside one on SQLite; all on the disk of /var/tmp.
# CLUSTER_OPTIONS="--add build/cluster.json": its rounds count, too.
CLUSTER_ROUNDS ?= 3
CLUSTER_OPTIONS ?=
bench-cluster:
	@tools/setup build test
	@tools/build build -Dtests=enabled
	@POSTGRES_PLACE=/var/tmp tools/with_postgres bench/cluster.py build --rounds $(CLUSTER_ROUNDS) --out build/cluster.json \
		$(CLUSTER_OPTIONS)

bench-scale:
	@tools/setup build bench
	@tools/build build
	@build/chinwag-scale

# Chat and a call beside a transfer, on a line of 1 Mbit/s, and beside 1 GiB without one.
bench-lanes:
	@tools/setup build bench
	@tools/build build
	@/usr/bin/python3 bench/lanes.py
	@/usr/bin/python3 bench/lanes.py --loopback

# The browser client: its first screen on a 4G line, and its longest frame.
bench-web:
	@tools/setup build test
	@tools/build build
	@CHINWAG_BUILD=build node test/browser/bench.mjs

# From a virtual microphone to a virtual loudspeaker; nobody else on the machine.
VOICE_MINUTES ?= 10
bench-voice:
	@tools/setup build benchvoice
	@tools/build build
	@/usr/bin/python3 bench/voice/voice.py --minutes $(VOICE_MINUTES)

# The same through the browser client, beside the floor of browser and devices.
bench-web-voice:
	@tools/setup build test benchvoice
	@cd web && npm ci --ignore-scripts --no-audit --no-fund --silent
	@cd test/browser && npm ci --ignore-scripts --no-audit --no-fund --silent
	@/usr/bin/python3 bench/voice/web.py

bench-voice-quick:
	@tools/setup build benchvoice
	@tools/build build
	@/usr/bin/python3 bench/voice/voice.py --quick

# What a packet of a call of 25 costs the server, by datagrams beside connections.
bench-voice-ways:
	@tools/setup build benchvoice
	@tools/build build
	@/usr/bin/python3 bench/voice/voice.py --only ways

guard:
	@tools/setup build test
	@tools/build build -Dtests=enabled
	@tools/guard build

# Puts known bugs into a copy of the sources: does a test, a check or an assert find each?
plant:
	@tools/setup build test
	@tools/plant

# The rules of the house alone (make test has them, too), and the measures behind them.
tidy:
	@tools/setup build test
	@tools/build build -Dtests=enabled
	@tools/tidy build

house:
	@tools/setup build test
	@tools/build build -Dtests=enabled
	@tools/house build

# For editors and language servers; git ignores it.
compile_commands:
	@tools/setup build
	@tools/build build
	@ln -sf build/compile_commands.json compile_commands.json

format:
	@tools/setup test
	@git ls-files -co --exclude-standard '*.c' '*.h' | xargs clang-format -i

clean:
	rm -rf build build-*

help:
	@echo "make              build build/chinwagd (the server) and build/chinwag (the client)"
	@echo "make run          build, then run the server; its data is in ./data"
	@echo "make demo         a conversation of three people through a real server"
	@echo "make install      install below PREFIX=/usr/local, or below DESTDIR for a package"
	@echo "make deb          Debian packages, in build-deb; deb-test installs them in a fresh system"
	@echo "make container    the files and the Containerfile of an image, in build-container"
	@echo "make arm64        a cross-build for arm64 (Raspberry Pi), and its unit tests by QEMU"
	@echo "make release VERSION=x.y.z   version, CHANGELOG, tag, tarball, packages and checksums; pushes nothing"
	@echo "make test         every test, with gcc, clang and the sanitizers"
	@echo "make kill         kill migrations at each write, and the server ROUNDS=$(ROUNDS) times under load"
	@echo "make cluster      three servers on one PostgreSQL, to try (docs/cluster.md)"
	@echo "make cluster-chaos RUNS=$(RUNS)  so many faults of such servers under load"
	@echo "make fuzz         fuzz each decoder for TIME=$(TIME) seconds"
	@echo "make bench        speed and memory beside other servers, half an hour"
	@echo "make bench-quick  the most important of it, under 3 minutes"
	@echo "make bench-scale  a million people, ten million messages: some minutes, 5 GB"
	@echo "make bench-cluster  several servers on one PostgreSQL beside one on SQLite: 7 minutes, into build/cluster.json"
	@echo "make bench-lanes  chat and a call beside a transfer: 6 minutes, 4 GB of disk"
	@echo "make bench-upgrade  an upgrade under load: seconds until sessions and speech are back"
	@echo "make bench-voice  delay, gaps, stalls, a call of 25 for VOICE_MINUTES=$(VOICE_MINUTES); bench-voice-quick: 2 minutes"
	@echo "make bench-voice-ways  what a packet of a call of 25 costs the server, by datagrams and by connections"
	@echo "make guard        instructions of fixed work, against bench/guard.json"
	@echo "make tidy         rooms, circles, names and sizes: what is not to get worse (tools/tidy)"
	@echo "make house        measures of the sources beside other projects"
	@echo "make plant        known bugs in a copy of the sources: is each found?"
	@echo "make compile_commands  compile_commands.json for editors"
	@echo "make format       put the C files into the format of .clang-format"
	@echo "make clean        remove what was built; ./data stays"

.PHONY: build install deb deb-test release bench-cluster bench-upgrade container arm64 run test demo kill cluster cluster-chaos large-backup fuzz bench bench-quick bench-scale bench-lanes bench-voice bench-voice-quick bench-voice-ways bench-web bench-web-voice guard tidy plant house compile_commands format clean help
