package dev.lora4j.template;

import java.util.List;

/** Puts values into variables, tuples of them, and attributes of namespaces. */
final class Assignment {
    void assign(Statement.Target target, Object value, Scope scope) {
        if (target instanceof Statement.Variable variable) {
            scope.set(variable.name(), value);
        } else if (target instanceof Statement.NamespaceAttribute attribute) {
            if (!(scope.get(attribute.namespace()) instanceof Namespace namespace)) {
                throw new TemplateException("'" + attribute.namespace() + "' is no namespace, so '"
                        + attribute.attribute() + "' cannot be set on it");
            }
            namespace.set(attribute.attribute(), value);
        } else if (target instanceof Statement.Unpack unpack) {
            List<Object> values = Values.items(value);
            if (values.size() != unpack.targets().size()) {
                throw new TemplateException(
                        "expected " + unpack.targets().size() + " values to unpack, found " + values.size());
            }
            for (int i = 0; i < values.size(); i++) {
                assign(unpack.targets().get(i), values.get(i), scope);
            }
        }
    }
}
