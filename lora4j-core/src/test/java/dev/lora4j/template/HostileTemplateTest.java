package dev.lora4j.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostileTemplateTest {
    /** Processor time. The target is 100 ms in a warm JVM; the allowance covers a cold one. */
    private static final Duration STOPPED_WITHIN = Duration.ofSeconds(1);

    @BeforeAll
    static void warmUp() {
        render("{% for i in range(1000) %}{{ i ~ 'x' }}{% endfor %}");
    }

    private static String render(String template) {
        return ChatTemplate.parse(template)
                .render(Map.of("messages", List.of(Map.of("role", "user", "content", "hello"))))
                .text();
    }

    private static long processorTime() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ ''.__class__ }}",
                "{{ ''.__class__.__mro__[1].__subclasses__() }}",
                "{{ ''['__class__'] }}",
                "{{ ''|attr('__class__') }}",
                "{{ messages|map(attribute='__class__')|list }}",
                "{{ messages|selectattr('__class__')|list }}",
                "{{ messages|sort(attribute='__class__') }}",
                "{{ lipsum.__globals__['os'].popen('id').read() }}",
                "{{ cycler.__init__.__globals__ }}",
                "{{ joiner.__init__ }}",
                "{{ namespace.__init__ }}",
                "{{ raise_exception.__globals__ }}",
                "{{ range.__self__ }}",
                "{{ messages.getClass() }}",
                "{{ messages[0].getClass().forName('java.lang.Runtime') }}",
                "{{ 'x'.getClass().getClassLoader() }}",
                "{{ ____int3rpr3t3r____.config }}",
                "{{ '{0.__class__}'.format('x') }}",
                "{{ '{0.__class__}'.format_map({}) }}",
                "{{ self.__init__ }}",
                "{{ loop.__class__ }}",
                "{% for x in [1] %}{{ loop.__class__ }}{% endfor %}",
                "{% macro m() %}{% endmacro %}{{ m.__func__ }}",
                "{% set ns = namespace(__class__=1) %}",
                "{% set ns = namespace(_a=1) %}",
                "{% set ns = namespace() %}{% set ns.__init__ = 1 %}",
                "{{ messages.append(1) }}",
                "{{ messages[0].update({}) }}",
                "{{ messages[0].pop('role') }}",
                "{{ messages[0].clear() }}",
                "{% set messages.x = 1 %}",
                "{% include 'x' %}",
                "{% import 'x' as y %}",
                "{% extends 'x' %}",
                "{{ open('/etc/passwd').read() }}",
                "{{ dict.mro() }}",
                "{{ x|unknown }}",
                "{{ x is unknown }}"
            })
    void refusesWhatEscapesOtherSandboxes(String template) {
        assertThatThrownBy(() -> render(template)).isInstanceOf(TemplateException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
                "{{ range(10**9)|list }}",
                "{{ range(0, 10**9, 1)|length }}",
                "{{ 'a' * 10**9 }}",
                "{{ 'a' * 9223372036854775807 }}",
                "{{ ('ab' * 9223372036854775807)|length }}",
                "{{ [0] * 10**9 }}",
                "{{ 10 ** 1000000000 }}",
                "{{ 9223372036854775807 + 1 }}",
                "{{ -9223372036854775807 - 2 }}",
                "{{ 2.0 ** 100000 }}",
                "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
                "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}",
                "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
                "{% set ns = namespace(s='a') %}{% for i in range(64) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
                "{% set ns = namespace(s='a') %}{% for i in range(64) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
                "{% set ns = namespace(s=[1]) %}{% for i in range(64) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
                "{% set ns = namespace(s=[1]) %}{% for i in range(64) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s }}",
                "{% set ns = namespace(s=[1]) %}{% for i in range(64) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}"
                        + "{{ ns.s|tojson }}",
                "{% set ns = namespace(s=[1], t=[1]) %}{% for i in range(64) %}{% set ns.s = [ns.s, ns.s] %}"
                        + "{% set ns.t = [ns.t, ns.t] %}{% endfor %}{{ ns.s == ns.t }}",
                "{% set ns = namespace(s=[1]) %}{% for i in range(50000) %}{% set ns.s = [ns.s] %}{% endfor %}{{ ns.s }}",
                "{% set ns = namespace(s=[1]) %}{% for i in range(50000) %}{% set ns.s = [ns.s] %}{% endfor %}"
                        + "{{ ns.s|tojson }}",
                "{% set ns = namespace(x=[1]) %}{% set ns.x = ns %}{{ ns.x.x.x.y.z }}",
                "{{ ('x' * 10000)|replace('x', 'y' * 10000) }}",
                "{{ ('x' * 10000).replace('', 'y' * 10000) }}",
                "{{ ('x' * 10000)|join('y' * 10000) }}",
                "{{ ('y' * 10000).join('x' * 10000) }}",
                "{{ 'x'.center(10**12) }}",
                "{{ 'x'.zfill(9223372036854775807) }}",
                "{{ 'x'.ljust(9223372036854775807) }}",
                "{{ '%999999999d' % 1 }}",
                "{{ '%.999999999f' % 1 }}",
                "{{ ('\\n' * 10000)|indent(10000, true, true) }}",
                "{{ 'x'|indent(9223372036854775807) }}",
                "{{ [1]|batch(9223372036854775807, 0)|list }}",
                "{{ [1]|slice(9223372036854775807)|list }}",
                "{{ [[1]]|sum(start=[])|tojson(indent=10**9)|length + 1 // 0 }}",
                "{% set s = 'a b ' * 1000000 %}{% for i in range(100000) %}{{ s.split()|length }}{% endfor %}",
                "{% set s = 'a b ' * 1000000 %}{% for i in range(100000) %}{{ s is upper }}{% endfor %}",
                "{% set s = 'a' * 2000000 %}{{ s.count('a' * 1000000 ~ 'b') }}",
                "{% set s = 'a' * 2000000 %}{{ ('a' * 1000000 ~ 'b') in s }}",
                "{{ (range(99999)|list)|unique|list|length }}",
                "{{ ('x' * 1000000)|list }}",
                "{{ ('x ' * 8000000).split() }}",
                "{% for i in range(100000) %}{{ '%.1000f' % 0.1 }}{% endfor %}",
                "{% for i in range(100000) %}{{ 0.1 * i }}{% endfor %}",
                "{{ '{:>999999}{:>999999}'.format(1, 2) * 100 }}",
                "{% for i in range(100000) %}{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' * 100 }}{% endfor %}"
            })
    void stopsWhatGrowsWithoutEnd(String template) {
        long start = processorTime();
        assertThatThrownBy(() -> render(template)).isInstanceOf(TemplateException.class);
        assertThat(Duration.ofNanos(processorTime() - start)).isLessThan(STOPPED_WITHIN);
    }

    @Test
    void refusesATemplateOfTenMegabytes() {
        assertThatThrownBy(() -> ChatTemplate.parse("{{ x }}".repeat(1_500_000)))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("524288");
    }

    @Test
    void refusesDeepNestingWithoutOverflowingTheStack() {
        assertThatThrownBy(() -> ChatTemplate.parse("{{ " + "(".repeat(100_000) + "1" + ")".repeat(100_000) + " }}"))
                .isInstanceOf(TemplateException.class);
        assertThatThrownBy(() -> ChatTemplate.parse("{% if x %}".repeat(10_000) + "{% endif %}".repeat(10_000)))
                .isInstanceOf(TemplateException.class);
        assertThatThrownBy(() -> ChatTemplate.parse("{{ " + "not ".repeat(100_000) + "x }}"))
                .isInstanceOf(TemplateException.class);
        assertThatThrownBy(() -> render("{{ 1" + " + 1".repeat(100_000) + " }}"))
                .isInstanceOf(TemplateException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\n{{",
                "a\n{{ x",
                "a\n{{ x }",
                "a\n{% if x %}",
                "a\n{% endif %}",
                "a\n{% if %}{% endif %}",
                "a\n{% for x %}{% endfor %}",
                "a\n{% for x in y %}{% endif %}",
                "a\n{# never closed",
                "a\n{% raw %} never closed",
                "a\n{{ 'never closed }}",
                "a\n{{ x | }}",
                "a\n{{ x is }}",
                "a\n{{ x. }}",
                "a\n{{ x[ }}",
                "a\n{{ (1, 2 }}",
                "a\n{{ [1, 2) }}",
                "a\n{{ {1} }}",
                "a\n{{ f(a=1, 2) }}",
                "a\n{{ f(*a, *b) }}",
                "a\n{{ }}",
                "a\n{{ 1 2 }}",
                "a\n{{ ? }}",
                "a\n{{ a is b is c }}",
                "a\n{{ 99999999999999999999 }}",
                "a\n{{ '\\u12' }}",
                "a\n{{ '\\U00110000' }}",
                "a\n{% set 1 = 2 %}",
                "a\n{% set true = 2 %}",
                "a\n{% set x %}",
                "a\n{% macro %}{% endmacro %}",
                "a\n{% macro m(a=1, b) %}{% endmacro %}",
                "a\n{% call x %}{% endcall %}",
                "a\n{% break %}",
                "a\n{% for x in y %}{% generation %}{% break %}{% endgeneration %}{% endfor %}",
                "a\n{% generation %}",
                "a\n{% unknown %}",
                "a\n{% %}"
            })
    void saysTheLineOfAMalformedTemplate(String template) {
        assertThatThrownBy(() -> ChatTemplate.parse(template))
                .isInstanceOfSatisfying(
                        TemplateException.class, e -> assertThat(e.line()).isEqualTo(2))
                .hasMessageStartingWith("chat template, line 2: ");
    }

    @Test
    void saysTheLineWhereRenderingFailed() {
        assertThatThrownBy(() -> render("a\n{% if true %}\n\n{{ missing.attribute }}\n{% endif %}"))
                .hasMessage("chat template, line 4: 'missing' is undefined");
    }

    @Test
    void rendersTemplateCodeInUserTextOnceAndVerbatim() {
        String content = "{{ 7 * 7 }} {% for x in y %} {# note #} {{ '{{' }} %} }} \\n <b>&amp;</b>";
        String text = ChatTemplate.parse("<{{ messages[0].content }}|{{ messages[0]['content'] + '' }}>")
                .render(Map.of("messages", List.of(Map.of("content", content))))
                .text();
        assertThat(text).isEqualTo("<" + content + "|" + content + ">");
    }

    @Test
    void refusesJavaObjectsAsVariables() {
        ChatTemplate template = ChatTemplate.parse("{{ x }}");
        assertThatThrownBy(() -> template.render(Map.of("x", List.of(Thread.currentThread()))))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("the variable x holds a java.lang.Thread");
    }

    @Test
    void refusesVariablesThatNestWithoutEnd() {
        List<Object> inner = new java.util.ArrayList<>();
        inner.add(inner);
        assertThatThrownBy(() -> ChatTemplate.parse("").render(Map.of("x", inner)))
                .isInstanceOf(TemplateException.class);
    }
}
