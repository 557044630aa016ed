# Swapscope's commands. The two that a newcomer needs:
#
#   make run     set up .venv and open the app on the default scenario (or: make run SCENARIO=FILE)
#   make test    set up .venv and run the checks and the tests
#
# PYTHON=/path/to/python3.12 chooses the interpreter, for any of them.

export PYTHON
SCENARIO ?=
WORKERS ?= 2
IN = .venv/bin/python -m

.PHONY: run test lint setup setup-test bench pictures gallery robot soak clean help

run: setup
	@sh .ci/start "$(SCENARIO)"

test: lint
	$(IN) pytest -n $(WORKERS)

lint: setup-test
	$(IN) ruff check .
	$(IN) mypy
	.venv/bin/lint-imports

setup:
	@sh .ci/setup run

setup-test:
	@sh .ci/setup test

# What the figures in the docs come from.
bench: setup-test
	$(IN) engine.cli bench

# The pictures of the window in docs/pictures, drawn anew.
pictures: setup
	mkdir -p docs/pictures
	QT_QPA_PLATFORM=offscreen $(IN) engine.cli picture zswap-spills --at 4000 --size 1680x1050 --theme dark -o docs/pictures/window-dark.png
	QT_QPA_PLATFORM=offscreen $(IN) engine.cli picture zswap-spills --at 4000 --size 1680x1050 --theme light -o docs/pictures/window-light.png
	$(IN) app.contact_sheet build/gallery --size 1280x800 --only editor-workload-dark
	cp build/gallery/1280x800-editor-workload-dark.png docs/pictures/editor.png
	$(IN) app.contact_sheet build/gallery --size 1280x800 --only zh_CN-panel-lesson
	cp build/gallery/1280x800-zh_CN-panel-lesson.png docs/pictures/chinese.png
	$(IN) app.contact_sheet build/gallery --size 1920x1080 --only arrangement-compare-dark
	cp build/gallery/1920x1080-arrangement-compare-dark.png docs/pictures/compare-dark.png

# A picture of every panel, dialogue, theme and depth at three sizes, and a page to look at them: build/gallery/index.html.
gallery: setup
	$(IN) app.contact_sheet build/gallery

# A robot clicks and types at random for ten minutes, or MINUTES, with SEED if given; nothing may break.
MINUTES ?= 10
robot: setup-test
	$(IN) tests.app.robot --minutes $(MINUTES) $(if $(SEED),--seed $(SEED))

# Long random walks through the model, without a time limit.
soak: setup-test
	$(IN) pytest -m soak --timeout 0

clean:
	rm -rf .venv build dist .benchmarks .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help:
	@sed -n '/^# /s/^# //p' Makefile
