# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC

# The front door. The build itself is meson's; see meson.build and meson_options.txt.

MESON ?= meson
NINJA ?= ninja
BUILD ?= build

prefix ?= /usr/local
SETUP_FLAGS ?= --prefix=$(prefix)

all: $(BUILD)/build.ninja
	$(NINJA) -C $(BUILD)

$(BUILD)/build.ninja:
	$(MESON) setup $(BUILD) $(SETUP_FLAGS)

# Installs the Debian packages of build-aux/packages.txt that are missing.
deps:
	build-aux/deps.sh

# Renders prompts with the shipped model into demo/.
demo: deps
	$(MAKE) all
	build-aux/demo.sh $(BUILD) demo

# Builds with gcc and clang, and with sanitizers, and passes every test.
check: deps
	build-aux/check.sh

bench: all
	$(MESON) test -C $(BUILD) --benchmark --verbose

install: all
	$(MESON) install -C $(BUILD) --no-rebuild

clean:
	rm -rf build build-clang build-sanitize build-threads demo

.PHONY: all bench check clean demo deps install
