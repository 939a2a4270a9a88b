package dev.korm.depots.s3;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;

/** The requests of all the clients of the SDK's in this program while somebody counts them. The SDK finds it among the resources. */
public final class CountedRequests implements ExecutionInterceptor {
    private static final List<String> SENT = new CopyOnWriteArrayList<>();
    private static volatile boolean counting;

    @Override
    public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
        if (counting) {
            SENT.add(attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME));
        }
    }

    /** Returns how many requests of each kind an act sends. */
    static Map<String, Integer> of(Runnable act) {
        SENT.clear();
        counting = true;
        try {
            act.run();
        } finally {
            counting = false;
        }
        Map<String, Integer> counts = new TreeMap<>();
        SENT.forEach(kind -> counts.merge(kind, 1, Integer::sum));
        return counts;
    }
}
